import { applySchema, type PayloadSchema } from '../event/payload-schema.js';
import type { WebhookEvent } from '../event/webhook-event.js';
import type { ReadEvent } from '../inbox/event.reader.js';
import { Discard } from '../retry/discard.js';

/**
 * A stored event as a handler or rule gets it, with the output of its schema.
 *
 * @param where whose schema it is, for messages
 * @returns a `Discard` if the data does not fit
 * @throws the error of a schema that throws
 * @internal
 */
export async function throughSchema(
  where: string,
  schema: PayloadSchema | undefined,
  { event, problem }: ReadEvent | { readonly event: WebhookEvent; readonly problem?: unknown },
): Promise<WebhookEvent | Discard> {
  if (problem !== undefined) throw problem;
  if (schema === undefined) return event;
  const verdict = await applySchema(schema, event.data, where);
  if (verdict.ok) return { ...event, data: verdict.data };
  return new Discard(
    `the stored payload does not fit the schema of ${where} any more, at: ` +
      verdict.issues.map(({ path }) => path).join(', '),
  );
}
