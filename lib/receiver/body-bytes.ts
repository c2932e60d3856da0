/** This many chunks are joined at a time: small ones take more memory for themselves than for their bytes. */
const MAX_SMALL_CHUNKS = 256;

/** Collects the bytes of a body as they arrive. */
export class BodyBytes {
  length = 0;
  private readonly blocks: Buffer[] = [];
  private chunks: Buffer[] = [];

  add(chunk: Buffer): void {
    this.length += chunk.length;
    this.chunks.push(chunk);
    if (this.chunks.length < MAX_SMALL_CHUNKS) return;
    this.blocks.push(Buffer.concat(this.chunks));
    this.chunks = [];
  }

  joined(): Buffer {
    const [only] = this.chunks;
    if (only !== undefined && only.length === this.length) return only;
    return Buffer.concat([...this.blocks, ...this.chunks], this.length);
  }
}
