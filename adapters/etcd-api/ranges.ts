/** Range of the keys from `prefix` up to the first that no longer starts with it; one zero byte stands for no end. */
export function prefixRange(prefix: string): { readonly key: Buffer; readonly rangeEnd: Buffer } {
  const key = Buffer.from(prefix);
  const last = key.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return { key: prefix === "" ? Buffer.of(0) : key, rangeEnd: Buffer.of(0) };
  const rangeEnd = Buffer.from(key.subarray(0, last + 1));
  rangeEnd.writeUInt8(rangeEnd.readUInt8(last) + 1, last);
  return { key, rangeEnd };
}
