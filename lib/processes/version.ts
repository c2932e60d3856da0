/**
 * The version of this package. A constant, and not read from `package.json`, which a bundler leaves behind.
 *
 * @internal
 */
export const VERSION = '0.1.0';
