/**
 * What a sealed payload is bound to: the row of its notification.
 *
 * @internal
 */
export function placeOfPayload(id: string): string {
  return `webhook_notification ${id.toLowerCase()} payload`;
}
