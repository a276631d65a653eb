/**
 * The Huffman code of HTTP/2's header fields. It is canonical: the lengths of its codes are all there is to know of it.
 * Source: RFC 7541, appendix B.
 */

/** Length of each byte's code in bits: `a` is 5, `z` is 30. */
const lengths =
  "isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhf" +
  "ibccccccccccccccccccccccdcdioijbkabababbbaccbbbabcbaabccccckgjix" +
  "prpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrs" +
  "vvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvwwwwwxwwwwwv";
const shortest = 5;
const longest = 30;

/** The codes of one length: the first of them, and the bytes that they stand for, in order. */
interface Codes {
  readonly first: number;
  readonly bytes: readonly number[];
}

const codesByLength: readonly Codes[] = (() => {
  const all: Codes[] = [];
  let first = 0;
  for (let length = 0; length <= longest; length++, first *= 2) {
    const letter = String.fromCharCode("a".charCodeAt(0) + length - shortest);
    const bytes = [...lengths].flatMap((one, byte) => (one === letter ? [byte] : []));
    all.push({ first, bytes });
    first += bytes.length;
  }
  return all;
})();

/** Decodes a text in Huffman's code. Throws a RangeError if it is none. */
export function decodeHuffman(coded: Uint8Array): Buffer {
  const bytes: number[] = [];
  let [code, length] = [0, 0];
  for (const byte of coded)
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      if (length > longest) throw new RangeError("a header field has a code that does not exist");
      const codes = codesByLength[length] as Codes;
      const decoded = codes.bytes[code - codes.first];
      if (decoded === undefined) continue;
      bytes.push(decoded);
      [code, length] = [0, 0];
    }
  // What fills the last byte is the start of a code of ones.
  if (length > 7 || code !== 2 ** length - 1) throw new RangeError("a header field ends within a code");
  return Buffer.from(bytes);
}
