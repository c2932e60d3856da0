/**
 * The syntax of ids that every HTTP client can send in a header and no server trims.
 *
 * @internal
 */
export const SENDABLE_ID = /^[\x21-\x7e]{1,4096}$/;
