import { X509Certificate, type KeyObject } from 'node:crypto';
import { KeyUnavailableError } from '../keys/key-unavailable.error.js';

/** A sender's certificate. */
export interface Certificate {
  readonly key: KeyObject;
  /** From when to when it is valid, in milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * Reads a certificate that was fetched by https from the sender's own host: that is the reason to trust it.
 *
 * @param pem only its first certificate is read
 * @throws {KeyUnavailableError} for anything but an RSA certificate
 * @internal
 */
export function readCertificate(pem: string): Certificate {
  const certificate = parse(pem);
  const key = certificate?.publicKey;
  if (certificate === undefined || key?.asymmetricKeyType !== 'rsa') {
    throw new KeyUnavailableError('What was fetched is not an RSA certificate.');
  }
  return {
    key,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** Whether a certificate is valid at an instant. */
export function isValidAt({ validFrom, validTo }: Certificate, now: Date): boolean {
  return validFrom <= now.getTime() && now.getTime() <= validTo;
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
