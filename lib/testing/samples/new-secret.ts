import { randomBytes } from 'node:crypto';

/** Secrets as providers give them out; all random, for tests. */
export const newSecret = {
  text: (): string => randomBytes(24).toString('base64url'),
  hex: (): string => randomBytes(32).toString('hex'),
  base64: (): string => randomBytes(24).toString('base64'),
  /** As Standard Webhooks and Svix write them. */
  whsec: (): string => `whsec_${randomBytes(24).toString('base64')}`,
  /** For Basic authentication. */
  login: (): string => `hookline:${randomBytes(18).toString('base64url')}`,
  none: (): string => '',
} as const;
