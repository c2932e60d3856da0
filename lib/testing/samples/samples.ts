import { ConfigurationError } from '../../errors/configuration.error.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import {
  signedRequest,
  type SignedRequestOptions,
  type SignedTestRequest,
} from '../signed-request.js';
import { Occasion } from './occasion.js';
import type { Provider, Sample } from './provider.js';
import { PROVIDERS } from './providers.js';

/**
 * Name of a provider that has samples: that of its scheme's function, such as `stripe`.
 *
 * @publicApi
 */
export type ProviderName = keyof typeof PROVIDERS;

/**
 * Event type of which a provider has a sample, such as `invoice.paid`.
 *
 * @publicApi
 */
export type SampleType<Name extends ProviderName> = keyof (typeof PROVIDERS)[Name]['samples'] &
  string;

/**
 * The payload of a sample.
 *
 * @publicApi
 */
export type SamplePayload<
  Name extends ProviderName,
  Type extends SampleType<Name>,
> = (typeof PROVIDERS)[Name]['samples'][Type] extends {
  readonly payload: (...event: never[]) => infer Payload;
}
  ? Payload
  : never;

/**
 * Which event a sample stands for.
 *
 * @publicApi
 */
export interface SampleOptions {
  /** The event's id; numbers and UUIDs are made of it where the provider has those. @default 'evt_sample' */
  readonly id?: string;
  /** When it happened. @default the present instant */
  readonly at?: Date;
}

/**
 * How a sample is signed.
 *
 * @publicApi
 */
export interface SampleRequestOptions extends SampleOptions {
  /** The secret that the application has for the provider. */
  readonly secret: string;
  /** The URL that it is sent to, which some providers sign. @default 'http://localhost/' */
  readonly url?: string;
}

const DEFAULT_ID = 'evt_sample';

/**
 * A small payload as the provider sends it, with made-up data: the same event each time, unless you give
 * it another `id`.
 *
 * @param provider name of the provider
 * @param type one of {@link sampleEvents}
 * @param options which event
 * @throws {ConfigurationError} for a provider or type that has no sample
 * @example
 * ```ts
 * const paid = samplePayload('stripe', 'invoice.paid', { id: 'evt_1' });
 * paid.data.object.amount_paid = 5000;
 * ```
 * @publicApi
 */
export function samplePayload<Name extends ProviderName, Type extends SampleType<Name>>(
  provider: Name,
  type: Type,
  { id = DEFAULT_ID, at = new Date() }: SampleOptions = {},
): SamplePayload<Name, Type> {
  const payload: unknown = sampleOf(provider, type).payload(new Occasion(id, at));
  // A copy: a test may change it, and constants are shared between samples.
  return structuredClone(payload) as SamplePayload<Name, Type>;
}

/**
 * The event types of which a provider has a sample.
 *
 * @param provider name of the provider
 * @throws {ConfigurationError} for a provider that has none
 * @example
 * ```ts
 * it.each(sampleEvents('stripe'))('%s is taken', async (type) => { … });
 * ```
 * @publicApi
 */
export function sampleEvents<Name extends ProviderName>(provider: Name): SampleType<Name>[] {
  return Object.keys(providerOf(provider).samples) as SampleType<Name>[];
}

/**
 * A sample as a signed request, with all headers that the provider sends.
 *
 * @param provider name of the provider
 * @param type one of {@link sampleEvents}
 * @param options the secret, and which event
 * @throws {ConfigurationError} for a provider or type that has no sample, and for an unusable secret
 * @throws {WebhookError} (code `UNSIGNABLE`) for a provider that signs with a key of its own
 * @example
 * ```ts
 * const { headers, body } = sampleRequest('github', 'issues.opened', { secret });
 * ```
 * @publicApi
 */
export function sampleRequest<Name extends ProviderName>(
  provider: Name,
  type: SampleType<Name>,
  { secret, url = 'http://localhost/', id = DEFAULT_ID, at = new Date() }: SampleRequestOptions,
): SignedTestRequest {
  const scheme = providerOf(provider).create({ secret, url });
  return signedSample(scheme, sampleOf(provider, type), { id, at, url });
}

/**
 * Signs a sample, or another payload with the sample's headers.
 *
 * @internal
 */
export function signedSample(
  scheme: SigningScheme,
  sample: Sample,
  { id, at, url, payload }: Required<SampleOptions> & { url: string; payload?: Uint8Array },
): SignedTestRequest {
  const event = new Occasion(id, at);
  const options: SignedRequestOptions = {
    id,
    timestamp: at,
    url,
    ...(sample.headers === undefined ? {} : { headers: sample.headers(event) }),
    ...(sample.format === undefined ? {} : { format: sample.format }),
  };
  return signedRequest(scheme, payload ?? sample.payload(event), options);
}

/** @internal */
export function providerOf(name: string): Provider {
  const provider = (PROVIDERS as Readonly<Record<string, Provider>>)[name];
  if (provider !== undefined && Object.hasOwn(PROVIDERS, name)) return provider;
  throw ConfigurationError.because(
    'provider',
    `There are no samples of '${name}'.`,
    `There are of: ${Object.keys(PROVIDERS).join(', ')}.`,
  );
}

/** @internal */
export function sampleOf(provider: string, type: string): Sample {
  const { samples } = providerOf(provider);
  const sample = samples[type];
  if (sample !== undefined && Object.hasOwn(samples, type)) return sample;
  throw ConfigurationError.because(
    'type',
    `There is no sample of '${provider}' for '${type}'.`,
    `There are: ${Object.keys(samples).join(', ')}.`,
  );
}
