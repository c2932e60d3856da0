import { ConfigurationError } from '../errors/configuration.error.js';
import { fieldName } from '../signatures/parts/field-name.js';
import { madeScheme } from './made-scheme.js';
import { isRecord, positiveInteger, refuseUnknownKeys } from './option.checks.js';
import type {
  ResolvedSource,
  SchemeOption,
  SourceOptions,
  SourcesOption,
} from './receiver.options.js';

const SOURCE_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** Names of headers whose values prove who is asking, and so must never be stored. */
const SECRET_HEADER =
  /(?:^|-)(?:auth(?:orization|entication)?|sig|jwt)(?:-|$)|cookie|signature|hmac|token|secret|password|(?:api|access)-?key/;

const SOURCE_KEYS: readonly string[] = [
  'scheme',
  'bodyLimitBytes',
  'schema',
  'onInvalidPayload',
  'id',
  'type',
  'occurredAt',
  'tenant',
  'storeHeaders',
  'jsonField',
  'probes',
  'seal',
] satisfies (keyof SourceOptions)[];

/**
 * Checks the sources and fills in their defaults.
 *
 * @param sources as the host wrote them
 * @param bodyLimitBytes limit of sources that set none
 * @throws {ConfigurationError} that names the source
 * @internal
 */
export function resolveSources(
  sources: SourcesOption,
  bodyLimitBytes: number,
): ReadonlyMap<string, ResolvedSource> {
  if (!isRecord(sources)) {
    throw ConfigurationError.invalidOption(
      'sources',
      'an object of sources by name',
      sources,
      'Write it as { game: standardWebhooks({ secret }) }.',
    );
  }
  const resolved = new Map<string, ResolvedSource>();
  const taken = new Set<string>();
  for (const [name, source] of Object.entries(sources)) {
    checkName(name, taken);
    resolved.set(name, resolveSource(name, source, bodyLimitBytes));
  }
  return resolved;
}

function checkName(name: string, taken: Set<string>): void {
  if (!SOURCE_NAME.test(name)) {
    throw ConfigurationError.because(
      'sources',
      `'${name}' cannot be the name of a source.`,
      'Use 1 to 64 letters, digits, dots, dashes and underscores, with a letter or digit first.',
    );
  }
  const folded = name.toLowerCase();
  if (taken.has(folded)) {
    throw ConfigurationError.duplicateName(
      'sources',
      'sources',
      folded,
      'Names that differ in upper and lower case alone are too easily confused: rename one.',
    );
  }
  taken.add(folded);
}

function resolveSource(
  name: string,
  source: SourcesOption[string],
  bodyLimitBytes: number,
): ResolvedSource {
  if (isScheme(source)) return resolveSource(name, { scheme: source }, bodyLimitBytes);
  const option = `sources.${name}`;
  if (!isRecord(source)) {
    throw ConfigurationError.invalidOption(
      option,
      'a signature scheme or the options of a source',
      source,
      'Set it to what a scheme such as standardWebhooks({ secret }) returns, or to { scheme: ... }.',
    );
  }
  refuseUnknownKeys(option, source, SOURCE_KEYS);
  if (!isScheme(source.scheme)) {
    throw ConfigurationError.invalidOption(
      `${option}.scheme`,
      'a signature scheme',
      source.scheme,
      'Set it to what a scheme such as standardWebhooks({ secret }) returns; ' +
        'a source whose requests are not signed has to say unsigned().',
    );
  }
  return {
    scheme: madeScheme(name, source.scheme),
    bodyLimitBytes: positiveInteger(
      `${option}.bodyLimitBytes`,
      source.bodyLimitBytes ?? bodyLimitBytes,
    ),
    schema: schema(`${option}.schema`, source.schema),
    onInvalidPayload: onInvalidPayload(`${option}.onInvalidPayload`, source.onInvalidPayload),
    id: reader(`${option}.id`, source.id),
    type: reader(`${option}.type`, source.type),
    occurredAt: reader(`${option}.occurredAt`, source.occurredAt),
    tenant: reader(`${option}.tenant`, source.tenant),
    storeHeaders: storeHeaders(`${option}.storeHeaders`, source.storeHeaders),
    probes: probes(`${option}.probes`, source.probes),
    jsonField:
      source.jsonField === undefined
        ? undefined
        : fieldName(`${option}.jsonField`, source.jsonField),
    seal: seal(`${option}.seal`, source.seal),
  };
}

/** A class's instance cannot be looked at before there is a container to build it. */
function isScheme(value: SourcesOption[string] | undefined): value is SchemeOption {
  if (typeof value === 'function') return true;
  return isRecord(value) && 'verify' in value && typeof value.verify === 'function';
}

function schema(option: string, given: SourceOptions['schema']): SourceOptions['schema'] {
  // Some libraries' schemas, ArkType's for one, are functions.
  const holder: unknown = given;
  const isObject = typeof holder === 'function' || isRecord(holder);
  if (given === undefined || (isObject && '~standard' in holder)) return given;
  throw ConfigurationError.invalidOption(
    option,
    'a schema that implements Standard Schema',
    given,
    'Use a schema of Zod, Valibot, ArkType or another library on standardschema.dev.',
  );
}

function onInvalidPayload(
  option: string,
  given: SourceOptions['onInvalidPayload'] = 'refuse',
): 'refuse' | 'store' {
  if (given === 'refuse' || given === 'store') return given;
  throw ConfigurationError.invalidOption(
    option,
    "'refuse' or 'store'",
    given,
    "Use 'refuse' to answer 422, 'store' to keep such events as rejected.",
  );
}

function reader<Reader>(option: string, given: Reader): Reader {
  if (given === undefined || typeof given === 'function') return given;
  throw ConfigurationError.invalidOption(
    option,
    'a function of the request',
    given,
    'Write it as (request) => ...',
  );
}

function seal(option: string, given: unknown): boolean | undefined {
  if (given === undefined || typeof given === 'boolean') return given;
  throw ConfigurationError.invalidOption(
    option,
    'true or false',
    given,
    'Correct it, or leave it out to have the scheme decide.',
  );
}

function storeHeaders(option: string, given: SourceOptions['storeHeaders'] = []): string[] {
  if (!Array.isArray(given)) {
    throw ConfigurationError.invalidOption(
      option,
      'an array of header names',
      given,
      "Write it as ['x-request-id'].",
    );
  }
  return given.map((name: unknown) => {
    const lower = typeof name === 'string' ? name.toLowerCase() : '';
    if (!HEADER_NAME.test(lower)) {
      throw ConfigurationError.invalidOption(
        option,
        'names of headers',
        name,
        "Write them as ['x-request-id'].",
      );
    }
    if (SECRET_HEADER.test(lower)) {
      throw ConfigurationError.because(
        option,
        `\`${option}\` names '${lower}', a header that can hold a secret and so is never stored.`,
        'Take it off the list.',
      );
    }
    return lower;
  });
}

function probes(option: string, given: SourceOptions['probes'] = []): readonly ('GET' | 'HEAD')[] {
  if (Array.isArray(given) && given.every((method) => method === 'GET' || method === 'HEAD')) {
    return given;
  }
  throw ConfigurationError.invalidOption(
    option,
    "an array of 'GET' and 'HEAD'",
    given,
    "Write it as ['HEAD'].",
  );
}
