/**
 * How to read a body. Stored with the event, so that its data can be read again from the bytes.
 * `form` is a form of either kind (URL-encoded or multipart); `formjson` is one that holds the payload
 * as JSON in one of its fields.
 *
 * @publicApi
 */
export type PayloadFormat = 'json' | 'form' | 'formjson' | 'text' | 'bytes';
