/**
 * Where `PollRegistry.reset()` sends a poller: to the first row or page, to what changes from now on, or
 * behind a position, as `PollRegistry.get()` shows it. For a table `value` is the text of the cursor and `key`
 * that of the key; without a key, the rows with this value are read again. For other pollers `value` is the
 * cursor that the method gets next.
 *
 * @publicApi
 */
export type PollTarget =
  'beginning' | 'now' | { readonly value: unknown; readonly key?: string | undefined };
