import type { ContextId } from '@nestjs/core';
import type { InstanceWrapper } from '../nest/internals.js';

/** A method of the host that is called within its guards, interceptors and filters. */
export interface HostMethod {
  readonly instance: object;
  readonly method: (...args: unknown[]) => unknown;
  /** Such as `Billing.paid`. */
  readonly where: string;
  readonly wrapper: InstanceWrapper<object>;
  readonly contextId: ContextId | undefined;
}

/** Type of the execution context in which guards, interceptors and filters find themselves. */
export const WEBHOOK_CONTEXT_TYPE = 'webhook';
