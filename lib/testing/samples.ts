import { ConfigurationError } from '../errors/configuration.error.js';
import { Occasion } from '../signatures/samples/occasion.js';
import type { Provider, Sample, SchemeSettings } from '../signatures/samples/provider.js';
import { PROVIDERS } from '../signatures/samples/providers.js';
import type { SigningScheme } from '../signatures/signing.scheme.js';
import {
  signedRequest,
  type SignedRequestOptions,
  type SignedTestRequest,
} from './signed-request.js';

/**
 * Name of a provider that has samples: that of its scheme's function, such as `stripe`.
 *
 * @publicApi
 */
export type ProviderName = keyof typeof PROVIDERS;

/**
 * Event type that a provider has a sample for, such as `invoice.paid`.
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
  /**
   * What the sender calls the application's side by, where it signs that: SNS's `topicArn`, PayPal's
   * `webhookId`, Braintree's `publicKey`, the `baseUrl` of a Jira Connect app.
   * @default a made-up one, which `senderKeys()` gives to the scheme as well; `'hookline'` for Braintree
   */
  readonly account?: string;
}

/**
 * How a sample is signed.
 *
 * @publicApi
 */
export interface SampleRequestOptions extends SampleOptions {
  /**
   * The secret that the application has for the provider; where the provider signs with a private key,
   * the `secret` of {@link senderKeys}.
   */
  readonly secret: string;
  /** The URL that it is sent to, which some providers sign. @default 'http://localhost/' */
  readonly url?: string;
  /** Sent in the sample's place, with its headers: mostly a changed {@link samplePayload}. @default the sample */
  readonly payload?: unknown;
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
  { id = DEFAULT_ID, at = new Date(), account = accountOf(provider) }: SampleOptions = {},
): SamplePayload<Name, Type> {
  const payload: unknown = sampleOf(provider, type).payload(new Occasion(id, at, account));
  // A copy: a test may change it, and constants are shared between samples.
  return structuredClone(payload) as SamplePayload<Name, Type>;
}

/**
 * The event types that a provider has samples for.
 *
 * @param provider name of the provider
 * @throws {ConfigurationError} for a provider without samples
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
 * @throws {WebhookError} (code `UNSIGNABLE`) for a secret that does not sign, such as a public key
 * @example
 * ```ts
 * const { headers, body } = sampleRequest('github', 'issues.opened', { secret });
 * ```
 * @publicApi
 */
export function sampleRequest<Name extends ProviderName>(
  provider: Name,
  type: SampleType<Name>,
  {
    secret,
    url = 'http://localhost/',
    id = DEFAULT_ID,
    at = new Date(),
    account = accountOf(provider),
    payload,
  }: SampleRequestOptions,
): SignedTestRequest {
  const scheme = providerOf(provider).create({ secret, url, account });
  return signedSample(scheme, sampleOf(provider, type), { id, at, url, account, payload });
}

interface SignedSampleOptions extends Required<SampleOptions>, Pick<SchemeSettings, 'url'> {
  readonly payload?: unknown;
}

/**
 * Signs a sample, or another payload with the sample's headers.
 *
 * @internal
 */
export function signedSample(
  scheme: SigningScheme,
  sample: Sample,
  { id, at, url, account, payload }: SignedSampleOptions,
): SignedTestRequest {
  const event = new Occasion(id, at, account);
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
export function accountOf(provider: string): string {
  return providerOf(provider).account ?? '';
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
