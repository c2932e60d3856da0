/** Token of the `FetchFunction` with which schemes fetch keys. @internal */
export const KEY_FETCH = Symbol('hookline:key-fetch');
