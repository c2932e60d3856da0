/** By what schemes fetch keys: a `FetchFunction`. */
export const KEY_FETCH = Symbol('hookline:key-fetch');
