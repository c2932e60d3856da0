import { Injectable, Scope } from '@nestjs/common';
import { DirectReceiver } from '../../test/support/direct.receiver.js';
import { signed } from '../../test/support/receiver.surroundings.js';
import { Inbox } from '../inbox/inbox.js';
import type { SignatureScheme } from '../signatures/signature-scheme.js';
import { SourceRegistry } from './source.registry.js';

describe(SourceRegistry.name, () => {
  const receiver = new DirectReceiver();

  it('names a scheme class that no module provides', async () => {
    class Missing implements SignatureScheme {
      readonly name = 'missing';
      verify = signed.verify;
    }
    await expect(receiver.start({ game: Missing })).rejects.toMatchObject({
      option: 'sources.game.scheme',
      message: expect.stringContaining("'Missing'") as string,
    });
  });

  it('names a factory that was not called', async () => {
    function factory(): SignatureScheme {
      return signed;
    }
    await expect(receiver.start({ game: factory })).rejects.toMatchObject({
      option: 'sources.game.scheme',
      message: expect.stringContaining('write `() => factory(...)`') as string,
    });
  });

  it('names a class with a scope of its own', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Scoped implements SignatureScheme {
      readonly name = 'scoped';
      verify = signed.verify;
    }
    await expect(receiver.start({ game: Scoped }, [Scoped])).rejects.toMatchObject({
      option: 'sources.game.scheme',
    });
  });

  it('names a class that is not a scheme', async () => {
    @Injectable()
    class NoScheme {}
    await expect(receiver.start({ game: NoScheme as never }, [NoScheme])).rejects.toMatchObject({
      message: expect.stringContaining('no signature scheme') as string,
    });
  });

  it('needs no sources', async () => {
    await receiver.start({});
    expect(receiver.get(SourceRegistry).find('game')).toBeUndefined();
    expect(receiver.get(Inbox)).toBeInstanceOf(Inbox);
  });
});
