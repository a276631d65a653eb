/**
 * What is on disk is not what was written, and no crash explains it. The member must not start: it would forget writes
 * or votes that it promised to keep.
 */
export class CorruptionError extends Error {
  override readonly name = "CorruptionError";
  readonly file: string;
  readonly offset: number;

  constructor(file: string, offset: number, problem: string) {
    super(
      `${file}: corrupt at offset ${offset}: ${problem}. The member does not start on damaged data: ` +
        "restore the file, or empty the data directory and add the member to its cluster again.",
    );
    this.file = file;
    this.offset = offset;
  }
}
