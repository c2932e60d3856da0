import type { Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { PayloadSchema } from '../event/payload-schema.js';
import {
  accepted,
  boolean,
  checkedBy,
  callback,
  choice,
  choices,
  integer,
  list,
  required,
} from '../options/option.kinds.js';
import { optionGroup, type OptionsOf } from '../options/option.group.js';
import { fieldName } from '../signatures/parts/field-name.js';
import type { SignatureScheme, SignedRequest } from '../signatures/signature-scheme.js';

/** Names of headers whose values prove who sent a request, and so must never be stored. */
const SECRET_HEADER =
  /(?:^|-)(?:auth(?:orization|entication)?|sig|jwt)(?:-|$)|cookie|signature|hmac|token|secret|password|(?:api|access)-?key/;

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;

const HEADER_NAMES = list([], {
  one: 'the name of a header',
  many: 'header names',
  accepts: (name): name is string => typeof name === 'string' && HEADER_NAME.test(name),
  cure: "Write them as ['x-request-id'].",
});

const OF_REQUEST = {
  expected: 'a function of the request',
  cure: 'Write it as (request) => ...',
};

/**
 * How a sender signs: a scheme; a function without parameters that makes one when the application starts, so
 * that an error about its secret names the source, too; or a class that the host's container can give an
 * instance of. The function has to be an arrow function: others are taken for classes.
 *
 * @publicApi
 */
export type SchemeOption = SignatureScheme | (() => SignatureScheme) | Type<SignatureScheme>;

/**
 * What a function of a source may return for a fact of the event. With `null` or `undefined`, the scheme says it.
 *
 * @publicApi
 */
export type GivenFact<Fact> = Fact | null | undefined | Promise<Fact | null | undefined>;

/** @internal */
export const SOURCE_OPTIONS = optionGroup('sources.<name>', {
  /** How the sender signs. */
  scheme: required<SchemeOption>(schemeOption),
  /** Largest body of this source, in bytes. @default the receiver's `bodyLimitBytes` */
  bodyLimitBytes: integer(undefined, { min: 1 }),
  /** What the event's data must look like: a schema of Zod, Valibot, ArkType or the like. */
  schema: accepted(undefined, {
    expected: 'a schema that implements Standard Schema',
    accepts: isSchema,
    cure: 'Use a schema of Zod, Valibot, ArkType or another library on standardschema.dev.',
  }),
  /**
   * What becomes of an event whose data fails a schema: `refuse` answers 422 and stores nothing,
   * `store` answers 200 and keeps it as rejected. @default 'refuse'
   */
  onInvalidPayload: choice(
    'refuse',
    ['refuse', 'store'],
    "Use 'refuse' to answer 422, 'store' to keep such events as rejected.",
  ),
  /**
   * The event's id: 1 to 255 printable characters, the same for each delivery of the event. A number of the
   * payload is given as it is, not as text: beyond 2^53 it is rounded there, and its digits are looked up.
   */
  id: callback<(request: SignedRequest, payload: unknown) => GivenFact<string | number>>(
    OF_REQUEST,
  ),
  /** The event's dotted type, up to 255 characters. */
  type: callback<(request: SignedRequest, payload: unknown) => GivenFact<string>>(OF_REQUEST),
  /** When the event happened. */
  occurredAt: callback<(request: SignedRequest, payload: unknown) => GivenFact<Date>>(OF_REQUEST),
  /** Which of the source's customers the event belongs to, up to 64 characters: ids are unique for each. */
  tenant: callback<(request: SignedRequest) => GivenFact<string>>(OF_REQUEST),
  /**
   * Names of request headers that are stored with the event and given to handlers. Names that can
   * hold a secret (`authorization`, `cookie`, signatures, tokens, keys) are refused. @default []
   */
  storeHeaders: checkedBy<readonly string[]>(storeHeaders),
  /**
   * The form field that holds the payload as JSON, where the sender wraps it in a form: `payload`. Id,
   * type and data are then those of the JSON. Without dots. @default what the scheme says
   */
  jsonField: checkedBy<string, string | undefined>((given, name) =>
    given === undefined ? undefined : fieldName(name, given),
  ),
  /**
   * Methods by which the sender checks that the URL answers before it saves it: they are answered with an
   * empty 200, and nothing is stored. @default only what the scheme answers
   */
  probes: choices([], ['GET', 'HEAD'], "Write it as ['HEAD']."),
  /**
   * Whether body and headers are stored sealed with the key of `sealWith`, because they show a secret.
   * `true` needs a key. @default what the scheme says, where there is a key
   */
  seal: boolean(undefined, 'Correct it, or leave it out to have the scheme decide.'),
});

/**
 * A source, where its signature scheme does not say everything. Where a body has several events,
 * the functions are called for each, with the event in the place of the payload.
 *
 * @example
 * ```ts
 * sources: {
 *   shop: {
 *     scheme: hmac({ signature: { header: 'x-shop-signature' }, secret: process.env.SHOP_SECRET }),
 *     schema: z.object({ orderId: z.string() }),
 *     type: (request) => request.headers['x-shop-topic'],
 *     storeHeaders: ['x-shop-topic'],
 *   },
 * }
 * ```
 * @publicApi
 */
export interface SourceOptions extends OptionsOf<typeof SOURCE_OPTIONS> {}

/** Takes any class for a scheme: the container builds its instance only later. @internal */
export function isSchemeOption(value: unknown): value is SchemeOption {
  if (typeof value === 'function') return true;
  return isObject(value) && 'verify' in value && typeof value.verify === 'function';
}

function schemeOption(given: unknown, name: string): SchemeOption {
  if (isSchemeOption(given)) return given;
  throw ConfigurationError.invalidOption(
    name,
    'a signature scheme',
    given,
    'Set it to what a scheme such as standardWebhooks({ secret }) returns; ' +
      'a source whose requests are not signed has to say unsigned().',
  );
}

/** Some libraries' schemas, ArkType's for one, are functions. */
function isSchema(value: unknown): value is PayloadSchema {
  return (typeof value === 'function' || isObject(value)) && '~standard' in value;
}

function storeHeaders(given: unknown, name: string): readonly string[] {
  // In lower case, as Node.js gives headers.
  const headers = HEADER_NAMES.resolve(given, name).map((header) => header.toLowerCase());
  const secret = headers.find((header) => SECRET_HEADER.test(header));
  if (secret === undefined) return headers;
  throw ConfigurationError.because(
    name,
    `\`${name}\` names '${secret}', a header that can hold a secret and so is never stored.`,
    'Take it off the list.',
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
