import { visible } from '../printable.js';

/**
 * The body of an answer in one line for a person: the fields of a JSON object, else the text.
 *
 * @internal
 */
export function readableAnswer(answer: string): string {
  const fields = fieldsOf(answer);
  if (fields === undefined) return visible(answer);
  return fields
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${visible(name)}: ${visible(text)}`;
    })
    .join(', ');
}

function fieldsOf(answer: string): readonly [string, unknown][] | undefined {
  try {
    const parsed: unknown = JSON.parse(answer);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? Object.entries(parsed) : undefined;
  } catch {
    return undefined;
  }
}
