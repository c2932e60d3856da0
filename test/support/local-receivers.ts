import type { SendingOptions } from '../../lib/http/sending.options.js';

/** Servers of the tests are on this machine. */
export const LOCAL_RECEIVERS: SendingOptions = { allow: { http: true, hosts: ['127.0.0.1'] } };
