import { createHash, sign } from 'node:crypto';
import { bytesOf } from '../../parts/bytes-of.js';
import { writeJsonWebToken } from '../../parts/json-web-token.js';
import { fetchOption, jsonWebKeyFetch } from '../../samples/fetched-key.js';
import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { withPrivateKey } from '../../samples/with-signing.js';
import { plaid as plaidScheme } from './plaid.js';

export const plaid = {
  create: ({ secret, account }) =>
    withPrivateKey(
      // The API's secret does not matter, as no key is fetched.
      plaidScheme({ clientId: account, secret, ...fetchOption(secret, jsonWebKeyFetch) }),
      secret,
      ({ body: given, timestamp = new Date() }) => {
        const body = bytesOf(given);
        const token = writeJsonWebToken(
          { alg: 'ES256', kid: 'hookline', typ: 'JWT' },
          {
            iat: Math.floor(timestamp.getTime() / 1_000),
            request_body_sha256: createHash('sha256').update(body).digest('hex'),
          },
          (content) => sign('sha256', content, { key: secret, dsaEncoding: 'ieee-p1363' }),
        );
        return { headers: { 'plaid-verification': token }, body };
      },
    ),
  newSecret: newSecret.p256,
  account: 'hookline',
  page: {
    call: '`plaid({ clientId, secret, toleranceSeconds })`',
    signature: '`Plaid-Verification`',
    id: 'digest, and `iat` of the token',
    type: '`webhook_type` and `webhook_code`',
    document: 'Webhook verification',
  },
  samples: {
    'TRANSACTIONS.SYNC_UPDATES_AVAILABLE': {
      payload: ({ uuid }) => ({
        webhook_type: 'TRANSACTIONS',
        webhook_code: 'SYNC_UPDATES_AVAILABLE',
        item_id: uuid,
        initial_update_complete: true,
        historical_update_complete: false,
        environment: 'production',
      }),
    },
    'ITEM.ERROR': {
      payload: ({ uuid }) => ({
        webhook_type: 'ITEM',
        webhook_code: 'ERROR',
        item_id: uuid,
        error: { error_type: 'ITEM_ERROR', error_code: 'ITEM_LOGIN_REQUIRED' },
        environment: 'production',
      }),
    },
  },
} satisfies ListedProvider;
