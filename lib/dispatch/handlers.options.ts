/**
 * How handlers and rules are called.
 *
 * @publicApi
 */
export interface HandlersOptions {
  /**
   * Whether the application's global guards (`APP_GUARD`, `useGlobalGuards`) apply to handlers and rules.
   * Guards of the method and of its class always do. @default false
   */
  readonly globalGuards?: boolean;
  /**
   * How long, in milliseconds, processes that only receive go on to plan jobs for a handler that no process
   * has had any more, while others were running. @default 86_400_000
   */
  readonly forgetAfterMs?: number;
}

/** @internal */
export type ResolvedHandlersOptions = Required<HandlersOptions>;

/** @internal */
export const RESOLVED_HANDLERS_OPTIONS = Symbol('hookline:handlers-options');

export const DEFAULT_HANDLERS_OPTIONS: ResolvedHandlersOptions = {
  globalGuards: false,
  forgetAfterMs: 86_400_000,
};
