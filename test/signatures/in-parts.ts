const BOUNDARY = 'b';

export const PARTS_TYPE = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

/** The end of a form in parts. */
export const LAST_PART = `--${BOUNDARY}--\r\n`;

/** The fields of a form, or those that hold the signature in a body of JSON. */
export function fieldsIn(body: string): [string, string][] {
  if (!body.startsWith('{')) return [...new URLSearchParams(body)];
  const { signature } = JSON.parse(body) as { signature?: unknown };
  return typeof signature === 'object' && signature !== null
    ? (Object.entries(signature) as [string, string][])
    : [];
}

/** A part of a form (`multipart/form-data`). */
export function part(name: string, value: string, more = ''): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}
