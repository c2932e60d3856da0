import type { Hmac } from 'node:crypto';
import { ConfigurationError } from '../errors/configuration.error.js';

/** What the placeholders of a template stand for in one request. */
export interface ContentValues {
  readonly id: string;
  readonly timestamp: string;
  readonly method: string;
  readonly url: string;
  readonly body: Buffer;
}

type Placeholder = keyof ContentValues;
type Part = { readonly literal: Buffer } | { readonly placeholder: Placeholder };

const PLACEHOLDERS: readonly string[] = [
  'id',
  'timestamp',
  'method',
  'url',
  'body',
] satisfies Placeholder[];

/**
 * What a sender signs, such as `{id}.{timestamp}.{body}`. Read once; the values of a request are only
 * ever fed to the HMAC as bytes, so that none of them can act as a template itself.
 *
 * @internal
 */
export class ContentTemplate {
  private readonly parts: readonly Part[];
  /** The text that ends the id, which an id must not contain: it could be moved to elsewhere. */
  private readonly idEnd: string;

  /** @throws {ConfigurationError} for a template without `{body}`, and for an unknown placeholder */
  constructor(readonly text: string) {
    const pieces = text.split(/\{(\w+)\}/);
    this.parts = pieces.flatMap((piece, index): Part[] => {
      if (index % 2 === 0) return piece === '' ? [] : [{ literal: Buffer.from(piece, 'utf8') }];
      if (isPlaceholder(piece)) return [{ placeholder: piece }];
      throw ConfigurationError.because(
        'content',
        `The signed content names an unknown placeholder {${piece}}.`,
        `There are: ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}.`,
      );
    });
    if (!this.uses('body')) {
      throw ConfigurationError.because(
        'content',
        'The signed content leaves out {body}: anybody who saw one signature could send any body with it.',
        'Add {body}.',
      );
    }
    const id = pieces.indexOf('id');
    this.idEnd = id < 0 ? '' : (pieces[id + 1] ?? '');
  }

  uses(placeholder: Placeholder): boolean {
    return this.parts.some((part) => 'placeholder' in part && part.placeholder === placeholder);
  }

  /** Whether the id can be told from what follows it. */
  takesId(id: string): boolean {
    return this.idEnd === '' || !id.includes(this.idEnd);
  }

  /** Feeds the content of a request to an HMAC. */
  feed(hmac: Hmac, values: ContentValues): Hmac {
    for (const part of this.parts) {
      if ('literal' in part) hmac.update(part.literal);
      else if (part.placeholder === 'body') hmac.update(values.body);
      // Node.js gives header values as latin1, one character a byte.
      else hmac.update(values[part.placeholder], 'latin1');
    }
    return hmac;
  }
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.includes(name);
}
