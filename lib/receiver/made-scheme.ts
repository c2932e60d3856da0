import type { Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import { describeError } from '../errors/describe-error.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import type { SchemeOption } from './source.options.js';

/**
 * Calls the host's function that makes the scheme of a source, so that its errors name the source. A scheme that
 * the host makes by itself throws before the library knows the source.
 *
 * @throws {ConfigurationError} that names the source
 * @internal
 */
export function madeScheme(
  source: string,
  scheme: SchemeOption,
): SignatureScheme | Type<SignatureScheme> {
  if (!isArrowFunction(scheme)) return scheme;
  const made = make(source, scheme);
  if (isScheme(made)) return made;
  throw ConfigurationError.because(
    `sources.${source}.scheme`,
    `The function for the scheme of the source '${source}' returns no signature scheme.`,
    'Write it as () => standardWebhooks({ secret }); it cannot be async: see forRootAsync.',
  );
}

function make(source: string, scheme: () => unknown): unknown {
  try {
    return scheme();
  } catch (cause) {
    const isOurs = cause instanceof ConfigurationError;
    throw ConfigurationError.because(
      `sources.${source}.${isOurs ? cause.option : 'scheme'}`,
      `The source '${source}' cannot be set up.`,
      isOurs ? cause.message : `Its function for the scheme threw ${describeError(cause)}`,
      { cause },
    );
  }
}

function isScheme(value: unknown): value is SignatureScheme {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'verify' in value && typeof value.verify === 'function';
}

/** Classes have a prototype, even those that were compiled to functions. */
function isArrowFunction(scheme: SchemeOption): scheme is () => SignatureScheme {
  return typeof scheme === 'function' && !('prototype' in scheme);
}
