import { newSecret } from '../../samples/new-secret.js';
import type { Provider } from '../../samples/provider.js';
import { dropbox as dropboxScheme } from './dropbox.js';

export const dropbox = {
  create: dropboxScheme,
  newSecret: newSecret.text,
  samples: {
    // Dropbox says whose files changed, and neither what happened nor when.
    list_folder: {
      payload: () => ({
        list_folder: { accounts: ['dbid:hookline1'] },
        delta: { users: [501] },
      }),
    },
  },
} satisfies Provider;
