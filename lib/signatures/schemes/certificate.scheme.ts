import type { KeyObject } from 'node:crypto';
import type { FetchFunction } from '../keys/guarded.fetch.js';
import { isValidAt, readCertificate, type Certificate } from '../parts/certificate.js';
import type { SignedRequest } from '../signature-scheme.js';
import { FetchedKeyScheme, type NamesKey } from './fetched-key.scheme.js';

/** Where a sender's certificates are. */
interface CertificatePlace {
  readonly hosts: readonly (string | RegExp)[];
  /** Syntax of the certificates' URLs. */
  readonly syntax: RegExp;
  readonly fetch: FetchFunction | undefined;
}

/**
 * A scheme whose requests name the URL of the certificate that checks their signature.
 *
 * @internal
 */
export abstract class CertificateScheme<Shown extends NamesKey> extends FetchedKeyScheme<
  Certificate,
  Shown
> {
  readonly #syntax: RegExp;

  constructor(name: string, { hosts, syntax, fetch }: CertificatePlace) {
    super(
      name,
      { hosts, fetch },
      (guarded) => async (url) => readCertificate(await guarded.text(url)),
    );
    this.#syntax = syntax;
  }

  /** Whether the key of a certificate, which is valid now, made the signature. */
  protected abstract isSigned(evidence: Shown, key: KeyObject): boolean;

  protected indexOfKey(
    certificates: readonly Certificate[],
    evidence: Shown,
    _request: SignedRequest,
    now: Date,
  ): number {
    return certificates.findIndex(
      (certificate) => isValidAt(certificate, now) && this.isSigned(evidence, certificate.key),
    );
  }

  /** Whether a certificate may be fetched from a URL. Its text is checked too, as a URL parser is lenient. */
  protected isCertificate(url: unknown): url is string {
    return typeof url === 'string' && this.#syntax.test(url) && this.fetch.allows(url);
  }
}
