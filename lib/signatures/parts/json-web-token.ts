import { decodeBase64 } from './strict-encoding.js';

/** The parts of a signed token (JWS, compact). Nothing in it is verified yet. */
export interface JsonWebToken {
  readonly header: Readonly<Record<string, unknown>>;
  /** The bytes that are signed. */
  readonly content: Buffer;
  readonly signature: Buffer;
  /** Parses the claims, once. Call it only if the signature is right; `undefined` unless they are an object. */
  claims(): Readonly<Record<string, unknown>> | undefined;
}

const MAX_LENGTH = 8_192;

/**
 * Reads a token. The caller has to know the algorithm beforehand, and to refuse a header that names another.
 *
 * @returns `undefined` for any other text, and for a token with extensions that must be understood
 * @internal
 */
export function readJsonWebToken(text: string): JsonWebToken | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [headerText = '', claimsText = '', signatureText = '', ...more] = text.split('.', 4);
  const header = parseObject(headerText);
  const signature = decodeBase64(signatureText, 'base64url');
  if (header === undefined || signature === undefined || more.length > 0) return undefined;
  if (Object.hasOwn(header, 'crit')) return undefined;
  let parsed: { readonly claims: ReturnType<typeof parseObject> } | undefined;
  return {
    header,
    content: Buffer.from(`${headerText}.${claimsText}`, 'latin1'),
    signature,
    claims: () => (parsed ??= { claims: parseObject(claimsText) }).claims,
  };
}

/**
 * Writes a token.
 *
 * @param sign signs the bytes
 * @internal
 */
export function writeJsonWebToken(
  header: object,
  claims: object,
  sign: (content: Buffer) => Buffer,
): string {
  const content = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part), 'utf8').toString('base64url'))
    .join('.');
  return `${content}.${sign(Buffer.from(content, 'latin1')).toString('base64url')}`;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64(text, 'base64url');
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
