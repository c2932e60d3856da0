import { newSecret } from '../../samples/new-secret.js';
import { keyOptions } from '../../samples/private-key.js';
import type { ListedProvider } from '../../samples/provider.js';
import { discord as discordScheme } from './discord.js';

export const discord = {
  create: ({ secret }) => discordScheme(keyOptions(secret)),
  newSecret: newSecret.ed25519,
  page: {
    call: '`discord({ publicKey, toleranceSeconds })`',
    signature: '`X-Signature-Ed25519`',
    id: 'digest, or `id`',
    type: '`event.type`, or `type`',
    handshake: 'signed pings',
    document: 'Interactions: Setting Up an Endpoint',
  },
  samples: {
    APPLICATION_AUTHORIZED: {
      payload: ({ iso }) => ({
        version: 1,
        application_id: '501',
        type: 1,
        event: {
          type: 'APPLICATION_AUTHORIZED',
          timestamp: iso,
          data: { user: { id: '601', username: 'jane' }, scopes: ['applications.commands'] },
        },
      }),
    },
    ENTITLEMENT_CREATE: {
      payload: ({ number, iso }) => ({
        version: 1,
        application_id: '501',
        type: 1,
        event: {
          type: 'ENTITLEMENT_CREATE',
          timestamp: iso,
          data: { id: String(number), sku_id: '701', user_id: '601', deleted: false },
        },
      }),
    },
  },
} satisfies ListedProvider;
