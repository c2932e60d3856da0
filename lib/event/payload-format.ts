/**
 * How a body is to be read. Stored with the event, so that its data can be read again from the bytes.
 *
 * @publicApi
 */
export type PayloadFormat = 'json' | 'form' | 'text' | 'bytes';
