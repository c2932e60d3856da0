import type { Hmac } from 'node:crypto';
import { ConfigurationError } from '../../errors/configuration.error.js';
import type { ContentPart } from './content-part.js';

/** The values of a template's placeholders in one request. */
export interface ContentValues {
  readonly id: string;
  readonly timestamp: string;
  readonly method: string;
  readonly url: string;
  readonly body: Uint8Array;
}

type Placeholder = keyof ContentValues;
/** Literals are one character a byte, as Node.js gives header values. */
type Part = { readonly literal: string } | { readonly placeholder: Placeholder };

const PLACEHOLDERS: readonly string[] = [
  'id',
  'timestamp',
  'method',
  'url',
  'body',
] satisfies Placeholder[];

/**
 * The content that a sender signs, such as `{id}.{timestamp}.{body}`. The template is parsed once. Values are
 * only ever used as bytes, so that no value can act as a template itself.
 *
 * @internal
 */
export class ContentTemplate {
  private readonly parts: readonly Part[];
  private readonly used: ReadonlySet<Placeholder>;
  /** The text that ends an id, if something follows it. */
  private readonly idEnds: readonly string[];
  /** The text that an id begins after, if a body comes before it. */
  private readonly idStarts: readonly string[];

  /**
   * @throws {ConfigurationError} for a template without `{body}`, with an unknown placeholder, or without text
   * between `{id}` and its neighbour
   */
  constructor(readonly text: string) {
    const pieces = text.split(/\{(\w+)\}/);
    this.parts = pieces.flatMap((piece, index): Part[] => {
      if (index % 2 === 0) return piece === '' ? [] : [{ literal: byteText(piece) }];
      if (isPlaceholder(piece)) return [{ placeholder: piece }];
      throw ConfigurationError.because(
        'content',
        `The signed content names an unknown placeholder {${piece}}.`,
        `There are: ${PLACEHOLDERS.map((name) => `{${name}}`).join(', ')}.`,
      );
    });
    this.used = new Set(
      this.parts.flatMap((part) => ('placeholder' in part ? [part.placeholder] : [])),
    );
    if (!this.uses('body')) {
      throw ConfigurationError.because(
        'content',
        'The signed content leaves out {body}: anyone who saw one signature could send any body with it.',
        'Add {body}.',
      );
    }
    const names = pieces.filter((_, index) => index % 2 === 1);
    const ids = [...names.keys()].filter((index) => names[index] === 'id');
    // The literal before the placeholder n is the piece 2n, the one after it the piece 2n + 2.
    this.idEnds = ids
      .filter((index) => index < names.length - 1)
      .map((index) => pieces[index * 2 + 2] ?? '');
    this.idStarts = ids
      .filter((index) => names.slice(0, index).includes('body'))
      .map((index) => pieces[index * 2] ?? '');
    // Only {id}: by the strict syntax of {timestamp}, one of another length would be in another century.
    const touching = ids.some((index) => index > 0 && pieces[index * 2] === '');
    if (touching || this.idEnds.includes('')) {
      throw ConfigurationError.because(
        'content',
        'Nothing sets {id} apart in the signed content: its characters could be moved into what is beside it.',
        'Put text between them, as in {id}.{body}; for a sender that signs it without, write a SignatureScheme.',
      );
    }
  }

  uses(placeholder: Placeholder): boolean {
    return this.used.has(placeholder);
  }

  /**
   * Whether the id can be told from its neighbours; if not, one signature would fit two ids. The text that ends
   * the id must not occur earlier, not even across the id's own end.
   */
  takesId(id: string): boolean {
    return (
      this.idEnds.every((end) => `${id}${end}`.indexOf(end) === id.length) &&
      this.idStarts.every((start) => `${start}${id}`.lastIndexOf(start) === 0)
    );
  }

  /** Feeds the content of a request to an HMAC, with all text around the body in one piece. */
  feed(hmac: Hmac, values: ContentValues): Hmac {
    let text = '';
    for (const part of this.parts) {
      if ('literal' in part) text += part.literal;
      else if (part.placeholder === 'body') {
        if (text !== '') hmac.update(text, 'latin1');
        hmac.update(values.body);
        text = '';
      }
      // The URL is the host's own text and may hold any character.
      else if (part.placeholder === 'url') text += byteText(values.url);
      else text += values[part.placeholder];
    }
    return text === '' ? hmac : hmac.update(text, 'latin1');
  }

  /** The content of a request in one piece, for algorithms that take no pieces. */
  bytesOf(values: ContentValues): Buffer {
    return Buffer.concat(this.partsOf(values).map(({ bytes }) => bytes));
  }

  /** The content of a request, part by part, for a person to read. */
  partsOf(values: ContentValues): ContentPart[] {
    return this.parts.map((part): ContentPart => {
      if ('literal' in part) return { name: 'text', bytes: Buffer.from(part.literal, 'latin1') };
      const { placeholder: name } = part;
      if (name === 'body') return { name, bytes: values.body };
      return { name, bytes: Buffer.from(values[name], name === 'url' ? 'utf8' : 'latin1') };
    });
  }
}

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;

/** The UTF-8 bytes of a text, one character a byte. */
function byteText(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.includes(name);
}
