import { ConfigurationError } from '../errors/configuration.error.js';
import { OptionsReader } from '../options/options.reader.js';
import type { OutboundAllowances } from './address.guard.js';
import { NetworkList } from './public-address.js';
import { DEFAULT_SENDING_OPTIONS, type ResolvedSendingOptions } from './sending.options.js';

const DEFAULT_ALLOWANCES: Required<OutboundAllowances> = {
  http: false,
  hosts: [],
  networks: [],
  ports: [],
};

/** A name or `*.` with the end of one; an IPv6 address has brackets, as in a URL. */
const HOST = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$|^\[[0-9a-f:.]+\]$/i;

const MAX_PORT = 65_535;

/**
 * @param given the host's `sending` options
 * @throws {ConfigurationError} that names the option
 * @internal
 */
export function resolveSendingOptions(given: unknown): ResolvedSendingOptions {
  const options = new OptionsReader('sending', given, DEFAULT_SENDING_OPTIONS);
  const allow = new OptionsReader('sending.allow', options.value('allow'), DEFAULT_ALLOWANCES);
  return {
    allow: {
      http: allow.boolean('http'),
      hosts: listOf('hosts', allow.value('hosts'), {
        expected: "names of hosts, such as 'billing.internal' or '*.svc.cluster.local'",
        isOne: (host): host is string => typeof host === 'string' && HOST.test(host),
      }),
      networks: listOf('networks', allow.value('networks'), {
        expected: "networks, such as '10.0.0.0/8', or addresses",
        isOne: isNetwork,
      }),
      ports: listOf('ports', allow.value('ports'), {
        expected: `ports, from 1 to ${MAX_PORT}`,
        isOne: isPort,
      }),
    },
  };
}

interface Kind<One> {
  readonly expected: string;
  isOne(value: unknown): value is One;
}

function listOf<One>(key: string, given: unknown, { expected, isOne }: Kind<One>): readonly One[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  const wrong = values.findIndex((value) => !isOne(value));
  if (Array.isArray(given) && wrong === -1) return given as readonly One[];
  throw ConfigurationError.invalidOption(
    `sending.allow.${key}${Array.isArray(given) ? `[${wrong}]` : ''}`,
    `an array of ${expected}`,
    values[wrong] ?? given,
    'Correct it, or leave it out: then nothing more is allowed.',
  );
}

function isNetwork(value: unknown): value is string {
  return typeof value === 'string' && NetworkList.understands(value);
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PORT;
}
