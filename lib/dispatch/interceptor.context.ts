import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer, NestContainer } from '@nestjs/core';
import { isObservable, lastValueFrom, tap, type Observable } from 'rxjs';
import { InterceptorsConsumer, InterceptorsContextCreator } from '../nest/internals.js';
import type { Discard } from '../retry/discard.js';
import type { RetryLater } from '../retry/retry-later.js';
import { isVerdict } from '../retry/verdict.js';
import { WEBHOOK_CONTEXT_TYPE, type HostMethod } from './host-method.js';

/** Calls a method, with its parameters from the arguments. */
export type Call = (...args: readonly unknown[]) => Promise<unknown>;

/** How the latest call of a method ended, if it has. */
type Ending =
  | { readonly kind: 'running' }
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown };

/**
 * The host's interceptors: of the method, of its class, and global ones. Most are made for answers: they
 * wrap, serialize or cache what a method returns, and turn its errors into others or into values. So what
 * the method itself came to counts.
 *
 * @internal
 */
export class InterceptorContext extends InterceptorsContextCreator {
  private readonly consumer = new InterceptorsConsumer();

  constructor(modules: ModulesContainer, config: ApplicationConfig) {
    // It asks a container for nothing else.
    super({ getModules: () => modules } as unknown as NestContainer, config);
  }

  /** The call within the interceptors of its method; the call itself where the method has no interceptors. */
  around(call: Call, { instance, method, where, wrapper, contextId }: HostMethod): Call {
    const module = String(wrapper.host?.token ?? '');
    const interceptors = this.create(instance, method, module, contextId, wrapper.id);
    if (interceptors.length === 0) return call;
    return (...args) => {
      const noted = new NotedCall(() => call(...args), where);
      return noted.within(async (next) => {
        const result: unknown = await this.consumer.intercept(
          // Behind each interceptor, its result is noted.
          interceptors.flatMap((interceptor) => [interceptor, noted]),
          [...args],
          instance as never,
          method,
          next,
          WEBHOOK_CONTEXT_TYPE,
        );
        return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
      });
    };
  }
}

/** One call that interceptors may make, leave out or repeat. */
class NotedCall implements NestInterceptor {
  /** `undefined` while no interceptor has made the call. */
  private latest: Ending | undefined;
  /** What the method, or the outermost interceptor that had one, said since the latest call. */
  private verdict: RetryLater | Discard | undefined;

  constructor(
    private readonly call: () => Promise<unknown>,
    private readonly where: string,
  ) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    const note = (value: unknown): void => this.note(value);
    return next.handle().pipe(tap({ next: note, error: note }));
  }

  /** A verdict goes before everything else, and an error that was thrown stays one. */
  async within(intercept: (next: () => Promise<unknown>) => Promise<unknown>): Promise<unknown> {
    let answer: unknown;
    try {
      answer = await intercept(() => this.next());
    } catch (error) {
      this.note(error);
      if (this.verdict !== undefined) return this.verdict;
      throw error;
    }
    this.note(answer);
    if (this.verdict !== undefined) return this.verdict;
    switch (this.latest?.kind) {
      case undefined:
        return answer;
      case 'returned':
        return this.latest.value;
      case 'threw':
        throw this.latest.error;
      case 'running':
        throw new Error(`an interceptor answered before ${this.where} had ended`);
    }
  }

  private async next(): Promise<unknown> {
    this.latest = { kind: 'running' };
    this.verdict = undefined;
    try {
      const value = await this.call();
      this.latest = { kind: 'returned', value };
      return value;
    } catch (error) {
      this.latest = { kind: 'threw', error };
      throw error;
    }
  }

  private note(value: unknown): void {
    if (isVerdict(value)) this.verdict = value;
  }
}
