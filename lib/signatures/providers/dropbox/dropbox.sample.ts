import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { dropbox as dropboxScheme } from './dropbox.js';

export const dropbox = {
  create: dropboxScheme,
  newSecret: newSecret.text,
  page: {
    call: '`dropbox({ secret })`',
    signature: '`X-Dropbox-Signature`',
    id: 'each delivery is an event',
    type: 'no type',
    handshake: '`GET` `challenge`',
    document: 'Webhooks',
  },
  samples: {
    // Dropbox says whose files changed, but not what happened or when.
    list_folder: {
      payload: () => ({
        list_folder: { accounts: ['dbid:hookline1'] },
        delta: { users: [501] },
      }),
    },
  },
} satisfies ListedProvider;
