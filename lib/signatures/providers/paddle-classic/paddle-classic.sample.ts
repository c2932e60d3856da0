import { newSecret } from '../../samples/new-secret.js';
import { keyOptions } from '../../samples/private-key.js';
import type { ListedProvider } from '../../samples/provider.js';
import { paddleClassic as paddleClassicScheme } from './paddle-classic.js';

export const paddleClassic = {
  create: ({ secret }) => paddleClassicScheme(keyOptions(secret)),
  newSecret: newSecret.rsa,
  page: {
    call: '`paddleClassic({ publicKey })`',
    signature: '`p_signature` of the form',
    id: '`alert_id`',
    type: '`alert_name`',
    document: 'Verifying Webhooks',
  },
  samples: {
    subscription_payment_succeeded: {
      format: 'form',
      payload: ({ number, iso }) => ({
        alert_name: 'subscription_payment_succeeded',
        alert_id: number,
        event_time: iso.slice(0, 19).replace('T', ' '),
        email: 'jane@example.com',
        subscription_id: 501,
        sale_gross: '25.00',
        currency: 'EUR',
      }),
    },
  },
} satisfies ListedProvider;
