import { randomUUID } from 'node:crypto';
import { signedSample } from '../../testing/samples.js';
import { hasSecret, type Sample } from '../../signatures/samples/provider.js';
import type { SignedTestRequest } from '../../testing/signed-request.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { findProvider } from '../find-provider.js';
import { readInputFile } from '../input-file.js';
import { readSecret, type SecretOptions } from '../secret.js';
import type { Terminal } from '../terminal.js';
import { UsageError } from '../usage.error.js';
import { readableAnswer } from './answer.js';
import { Sender, type Outcome } from './sender.js';
import { milliseconds, summaryOf } from './summary.js';
import {
  assertRefusable,
  signingScheme,
  signingTime,
  tampered,
  type Tampering,
} from './tampering.js';
import { untilListening } from './until-listening.js';

/** @internal */
export interface TriggerOptions extends SecretOptions {
  readonly to: string;
  readonly url?: string;
  readonly account?: string;
  readonly data?: string;
  readonly id?: string;
  readonly times: number;
  readonly concurrency: number;
  readonly timeout: number;
  readonly wait?: number;
  readonly tamper?: Tampering;
}

/** Up to this many requests, each one gets a line. */
const MAX_LINES = 10;

/**
 * Signs a sample and posts it, once or many times.
 *
 * @throws {UsageError} for an unknown provider or type, and for a missing secret
 * @internal
 */
export async function trigger(
  providerName: string,
  type: string,
  options: TriggerOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { times, concurrency, timeout, to, wait, tamper } = options;
  const makeRequest = await requestMaker(providerName, type, options, terminal);
  await makeRequest(0); // A request that cannot be signed fails before any is sent.
  if (wait !== undefined) await untilListening(to, wait * 1_000);
  const sender = new Sender(concurrency, timeout * 1_000);
  const outcomes: Outcome[] = [];
  const started = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < times) {
      const request = await makeRequest(next++);
      const outcome = await sender.send(request.url ?? to, request);
      outcomes.push(outcome);
      if (times <= MAX_LINES) terminal.out(`${lineOf(outcome)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, times) }, work));
  await sender.close();
  if (times > 1) terminal.out(`${summaryOf(outcomes, performance.now() - started)}\n`);
  return outcomes.every(({ status }) => isRight(status, tamper)) ? EXIT.right : EXIT.wrong;
}

/** Makes the request number n: a new event each time, unless it has a fixed id. */
async function requestMaker(
  providerName: string,
  type: string,
  { to, url = to, account: given, data, id, tamper, ...secrets }: TriggerOptions,
  terminal: Terminal,
): Promise<(number: number) => Promise<SignedTestRequest>> {
  const { name, provider } = findProvider(providerName);
  const sample = findSample(name, provider.samples, type, data !== undefined);
  const secret = hasSecret(provider) ? await readSecret(secrets, terminal) : '';
  const account = given ?? provider.account ?? '';
  const settings = { secret, url, account };
  const payload = data === undefined ? undefined : await readInputFile('--data', data);
  const receiver = provider.create(settings);
  const signer = signingScheme(provider, settings, tamper);
  const run = randomUUID().replaceAll('-', '');
  const startedAt = terminal.now();
  return async (number) => {
    // Copies of one event have one time: if the sender gives no id, only equal bytes show that they are
    // copies.
    const now = id === undefined ? terminal.now() : startedAt;
    const signed = signedSample(signer, sample, {
      id: id ?? `evt_${run}_${number}`,
      at: signingTime(now, tamper),
      url,
      account,
      payload,
    });
    const request = tampered(signed, provider, tamper);
    if (tamper !== undefined) {
      await assertRefusable(receiver, { url, ...request }, { tampering: tamper, now });
    }
    // The request goes to `--to`, unless the signature is part of the URL.
    return request.url === url ? { ...request, url: to } : request;
  };
}

function findSample(
  name: string,
  samples: Readonly<Record<string, Sample>>,
  type: string,
  hasData: boolean,
): Sample {
  const found = Object.hasOwn(samples, type) ? samples[type] : undefined;
  if (found !== undefined) return found;
  throw new UsageError(
    `There is no sample of '${name}' for '${type}'. There are: ${Object.keys(samples).join(', ')}.` +
      (hasData ? ' Name the one whose headers fit your --data.' : ' Or give a payload by --data.'),
  );
}

/** A tampered request succeeds if the application refuses its signature, not if something else fails. */
function isRight(status: Outcome['status'], tamper: Tampering | undefined): boolean {
  if (typeof status !== 'number') return false;
  return tamper === undefined ? status >= 200 && status < 300 : status === 401 || status === 403;
}

function lineOf({ status, durationMs, answer }: Outcome): string {
  return [String(status), milliseconds(durationMs), readableAnswer(answer)].join('  ').trimEnd();
}
