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
}

/** @internal */
export type ResolvedHandlersOptions = Required<HandlersOptions>;

/** @internal */
export const RESOLVED_HANDLERS_OPTIONS = Symbol('hookline:handlers-options');

export const DEFAULT_HANDLERS_OPTIONS: ResolvedHandlersOptions = { globalGuards: false };
