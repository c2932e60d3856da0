/**
 * The body is not what its content type says. The message quotes nothing of it.
 *
 * @internal
 */
export class MalformedPayloadError extends Error {}
