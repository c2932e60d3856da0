import type { Refused, SignedRequest } from '../signature-scheme.js';
import type { ContentTemplate } from './content.template.js';
import { headerValue } from './header-name.js';
import { MALFORMED_SIGNATURE, MISSING_SIGNATURE } from './refusals.js';
import { SENDABLE_ID } from './sendable-id.js';
import { unsignable } from './unsignable.js';

/** The id that is signed; empty if the sender signs none. */
export type IdReading = { readonly ok: true; readonly text: string } | Refused;

const NO_ID: IdReading = { ok: true, text: '' };

/**
 * Reads and writes the id of an event in its header.
 *
 * @internal
 */
export class IdHeader {
  private readonly isSigned: boolean;

  /**
   * @param names of the header, one for each family; `undefined` if the sender sends no id
   * @param content the signed content, which may contain the id
   * @param syntax of received ids
   */
  constructor(
    private readonly names: readonly [string, ...string[]] | undefined,
    private readonly content: ContentTemplate,
    private readonly syntax: RegExp,
  ) {
    this.isSigned = content.uses('id');
  }

  /**
   * Reads the id that the signature covers.
   *
   * @param family which of the header's names counts
   */
  read(headers: SignedRequest['headers'], family: number): IdReading {
    if (!this.isSigned || this.names === undefined) return NO_ID;
    const id = headerValue(headers, this.names, family);
    if (id === undefined || (typeof id === 'string' && id.trim() === '')) return MISSING_SIGNATURE;
    return typeof id === 'string' && this.syntax.test(id) && this.content.takesId(id)
      ? { ok: true, text: id }
      : MALFORMED_SIGNATURE;
  }

  /** The value of the header, right or wrong, for a person to read. */
  show(headers: SignedRequest['headers'], family: number): string {
    const id = this.names && headerValue(headers, this.names, family);
    return typeof id === 'string' ? id : '';
  }

  /**
   * Refuses an id that the receiver would refuse, or that no client can send.
   *
   * @param scheme name of the scheme, for the message
   * @throws {WebhookError} (code `UNSIGNABLE`)
   */
  assertSendable(id: string, scheme: string): void {
    const unsent = !this.isSigned && (id === '' || this.names === undefined);
    if (unsent || (SENDABLE_ID.test(id) && (!this.isSigned || this.content.takesId(id)))) return;
    throw unsignable(
      scheme,
      id === ''
        ? 'signs an id, and none was given. Set `id`.'
        : 'cannot send this `id`. Use letters, digits, - and _, up to 4096.',
    );
  }

  /** Writes the header; without an id, no header. */
  write(id: string): Record<string, string> {
    return this.names === undefined || id === '' ? {} : { [this.names[0]]: id };
  }
}
