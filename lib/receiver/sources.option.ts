import type { Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { isRecord } from '../options/is-record.js';
import { checkedBy } from '../options/option.kinds.js';
import type { ResolvedOf } from '../options/option.group.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { madeScheme } from './made-scheme.js';
import {
  isSchemeOption,
  SOURCE_OPTIONS,
  type SchemeOption,
  type SourceOptions,
} from './source.options.js';

const SOURCE_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/**
 * The senders to receive from, by name: `game` receives at `POST /webhooks/game`.
 *
 * @publicApi
 */
export type SourcesOption = Readonly<Record<string, SchemeOption | SourceOptions>>;

/** A source; where it has no limit of its own, the receiver's is still missing. @internal */
export interface CheckedSource extends ResolvedOf<typeof SOURCE_OPTIONS> {
  readonly scheme: SignatureScheme | Type<SignatureScheme>;
}

/** @internal */
export interface ResolvedSource extends CheckedSource {
  readonly bodyLimitBytes: number;
}

/**
 * The option of all sources.
 *
 * @internal
 */
export const SOURCES = checkedBy<SourcesOption, ReadonlyMap<string, CheckedSource>>(
  (given = {}, option) => {
    if (!isRecord(given)) {
      throw ConfigurationError.invalidOption(
        option,
        'an object of sources by name',
        given,
        'Write it as { game: standardWebhooks({ secret }) }.',
      );
    }
    const sources = new Map<string, CheckedSource>();
    const taken = new Set<string>();
    for (const [name, source] of Object.entries(given)) {
      assertName(option, name, taken);
      sources.set(name, checkedSource(`${option}.${name}`, name, source));
    }
    return sources;
  },
);

function assertName(option: string, name: string, taken: Set<string>): void {
  if (!SOURCE_NAME.test(name)) {
    throw ConfigurationError.because(
      option,
      `'${name}' cannot be the name of a source.`,
      'Use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit first.',
    );
  }
  const folded = name.toLowerCase();
  if (taken.has(folded)) {
    throw ConfigurationError.duplicateName(
      option,
      'sources',
      folded,
      'Names that differ only in upper and lower case are too easily confused: rename one.',
    );
  }
  taken.add(folded);
}

function checkedSource(option: string, name: string, given: unknown): CheckedSource {
  if (isSchemeOption(given)) return checkedSource(option, name, { scheme: given });
  if (!isRecord(given)) {
    throw ConfigurationError.invalidOption(
      option,
      'a signature scheme or the options of a source',
      given,
      'Set it to what a scheme such as standardWebhooks({ secret }) returns, or to { scheme: ... }.',
    );
  }
  const source = SOURCE_OPTIONS.resolve(given, option);
  return { ...source, scheme: madeScheme(name, source.scheme) };
}
