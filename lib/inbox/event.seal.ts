import { Injectable } from '@nestjs/common';
import { Sealer } from '../database/sealer.js';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { EventEntity } from './event.entity.js';
import { fromStoredBody, toStoredBody, type StoredBody } from './stored-body.js';

/** The columns of an event that may hold a secret, as they are stored. */
type Stored = StoredBody & Pick<EventEntity, 'headers'>;

/** The same, as they were received. */
interface Content {
  readonly headers: string;
  readonly rawBody: Buffer;
}

/**
 * Seals the bodies and headers of sources whose requests contain a secret, if there is a key.
 *
 * @internal
 */
@Injectable()
export class EventSeal {
  private readonly sources = new Set<string>();

  constructor(private readonly sealer: Sealer) {}

  /**
   * Registers a source whose events must be sealed.
   *
   * @throws {ConfigurationError} if there is no key, but the source has `seal: true`
   */
  register(source: string, isAskedFor: boolean): void {
    if (this.sealer.isEnabled) this.sources.add(source);
    else if (isAskedFor) {
      const option = `sources.${source}.seal`;
      throw ConfigurationError.because(
        option,
        `\`${option}\` is true, but there is no key to seal with.`,
        'Set `sealWith: [key]` in WebhookModule.forRoot.',
      );
    }
  }

  close(source: string, key: string, { headers, rawBody }: Content): Stored {
    if (!this.sources.has(source)) {
      const { body, bodyEncoding } = toStoredBody(rawBody);
      return { headers, body, bodyEncoding };
    }
    return {
      headers: this.sealer.sealText(headers, placeOf(key, 'headers')),
      body: this.sealer.seal(rawBody, placeOf(key, 'body')),
      bodyEncoding: 'sealed',
    };
  }

  /** @throws {SealedError} if the key is missing */
  open({ key, headers, body, bodyEncoding }: EventEntity): Content {
    if (bodyEncoding !== 'sealed') {
      return { headers, rawBody: fromStoredBody({ body, bodyEncoding }) };
    }
    return {
      headers: this.sealer.openText(headers, placeOf(key, 'headers')),
      rawBody: this.sealer.open(body, placeOf(key, 'body')),
    };
  }
}

function placeOf(key: string, column: string): string {
  return `webhook_event ${key.toLowerCase()} ${column}`;
}
