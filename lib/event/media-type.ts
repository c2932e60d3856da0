/** Longest boundary that RFC 2046 allows. */
const MAX_BOUNDARY = 70;

/** A parameter; some senders put its value into single quotes, or a comma behind it. */
const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"([^"]*)"|([^\s;"]*))/g;
const DECORATION = /^'|[',]+$/g;
const PLAIN_BOUNDARY = /^[\x20-\x21\x23-\x7e]*[\x21\x23-\x7e]$/;

/** What a content type says, as far as it matters for reading a body. */
export interface MediaType {
  /** In lower case, without parameters; empty without a content type. */
  readonly name: string;
  readonly charset: string | undefined;
  /** Of a `multipart/form-data`, where it is valid. */
  readonly boundary: string | undefined;
}

/**
 * Reads a content type. A parameter that is not written as one, as in `application/json; utf-8`, is
 * passed over.
 *
 * @internal
 */
export function parseMediaType(contentType: string | undefined): MediaType {
  const name = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (contentType === undefined || !contentType.includes(';')) {
    return { name, charset: undefined, boundary: undefined };
  }
  return {
    name,
    charset: parameter(contentType, 'charset')?.replace(DECORATION, ''),
    boundary: name === MULTIPART_FORM ? boundaryOf(contentType) : undefined,
  };
}

export const MULTIPART_FORM = 'multipart/form-data';
export const URL_ENCODED_FORM = 'application/x-www-form-urlencoded';

function boundaryOf(contentType: string): string | undefined {
  const boundary = parameter(contentType, 'boundary');
  return boundary !== undefined && boundary.length <= MAX_BOUNDARY && PLAIN_BOUNDARY.test(boundary)
    ? boundary
    : undefined;
}

function parameter(contentType: string, wanted: string): string | undefined {
  for (const [, name, quoted, plain] of contentType.matchAll(PARAMETER)) {
    if (name?.toLowerCase() === wanted) return quoted || plain || undefined;
  }
  return undefined;
}
