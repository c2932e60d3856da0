/**
 * The body is in a character set that the platform cannot decode.
 *
 * @internal
 */
export class UnsupportedCharsetError extends Error {
  constructor() {
    super('its character set is not supported');
  }
}
