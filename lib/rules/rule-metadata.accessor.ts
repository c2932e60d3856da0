import { ConfigurationError } from '../errors/configuration.error.js';
import type { RuleOptions } from './rule.options.js';

const RULE = Symbol('hookline:rule');

/** @internal */
export function setRuleMetadata(
  target: object,
  methodName: string | symbol,
  method: unknown,
  options: RuleOptions,
): void {
  if (typeof method !== 'function') return;
  if (Reflect.hasOwnMetadata(RULE, method)) {
    throw ConfigurationError.because(
      '@Rule',
      `${target.constructor.name}.${String(methodName)} has two @Rule decorators.`,
      'Give each rule a method of its own.',
    );
  }
  Reflect.defineMetadata(RULE, options, method);
}

/** @internal */
export function getRuleMetadata(method: object): RuleOptions | undefined {
  return Reflect.getMetadata(RULE, method) as RuleOptions | undefined;
}
