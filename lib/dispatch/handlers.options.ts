import { boolean, integer } from '../options/option.kinds.js';
import { optionGroup, type OptionsOf, type ResolvedOf } from '../options/option.group.js';

/** @internal */
export const HANDLERS_OPTIONS = optionGroup('handlers', {
  /**
   * Whether the application's global guards (`APP_GUARD`, `useGlobalGuards`) apply to handlers and rules.
   * Guards of the method and of its class always do. @default false
   */
  globalGuards: boolean(false),
  /**
   * How long, in milliseconds, processes that only receive still plan jobs for a handler that no running
   * process has any more. While no process runs jobs, no handler is forgotten. @default 86_400_000
   */
  forgetAfterMs: integer(86_400_000, { min: 1 }),
});

/**
 * How handlers and rules are called.
 *
 * @publicApi
 */
export interface HandlersOptions extends OptionsOf<typeof HANDLERS_OPTIONS> {}

/** @internal */
export type ResolvedHandlersOptions = ResolvedOf<typeof HANDLERS_OPTIONS>;
