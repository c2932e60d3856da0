import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';

/** The result of undoing a content encoding. */
export type Inflation =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'corrupt' };

/** What the functions of zlib give with `info`; their types leave it out. */
interface Inflated {
  readonly buffer: Buffer;
  /** `bytesWritten` counts the bytes of the input that it has used. */
  readonly engine: { readonly bytesWritten: number };
}

type Decoder = (bytes: Buffer, options: ZlibOptions & { info: true }) => Promise<Inflated>;

const DECODERS = {
  gzip: promisify(gunzip) as unknown as Decoder,
  deflate: promisify(inflate) as unknown as Decoder,
  // Windows beyond 16 MiB are another format, which zlib takes only when told to.
  br: promisify(brotliDecompress) as unknown as Decoder,
} as const;

/** A content encoding that can be undone. */
export type InflatableEncoding = keyof typeof DECODERS;

/**
 * Undoes a content encoding. It stops as soon as the output exceeds the limit, however much the rest would
 * inflate to. Bytes after the end of the encoded body are refused, as no signature covers them.
 *
 * @internal
 */
export async function inflated(
  encoding: InflatableEncoding,
  bytes: Buffer,
  limitBytes: number,
): Promise<Inflation> {
  try {
    const options = { maxOutputLength: limitBytes, info: true } as const;
    const { buffer, engine } = await DECODERS[encoding](bytes, options);
    return engine.bytesWritten === bytes.length
      ? { kind: 'read', body: buffer }
      : { kind: 'corrupt' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return { kind: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'corrupt' };
  }
}
