/**
 * What a sealed payload is bound to: the row of its timer.
 *
 * @internal
 */
export function placeOfPayload(id: string): string {
  return `webhook_timer ${id.toLowerCase()} payload`;
}
