import type { Gateway, Outgoing, SendResult } from './gateway.js';

/** How a send ended: as the gateway says, when its signal did, or with a throw, which no gateway should. */
export type SendEnding = 'accepted' | Extract<SendResult, { readonly ok: false }>['failure'] | 'timeout' | 'fault';

/** Is told when a send begins; what it returns is told, once, how it ended. */
export type SendWatch = (message: Outgoing) => (ending: SendEnding) => void;

/**
 * The same gateway, watched. A send is over when it is for whoever asked: at the answer, or when the signal ends, whatever the
 * gateway does after that.
 */
export function watchedGateway(gateway: Gateway, watches: readonly SendWatch[]): Gateway {
  const { name, channels, concurrency } = gateway;
  return {
    name,
    channels,
    concurrency,
    close: () => gateway.close(),
    async send(message, signal) {
      let ends = watches.map((watch) => watch(message));
      const conclude = (ending: SendEnding): void => {
        const told = ends;
        ends = [];
        for (const end of told) end(ending);
      };
      const onAbort = (): void => conclude('timeout');
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const sent = await gateway.send(message, signal);
        conclude(sent.ok ? 'accepted' : sent.failure);
        return sent;
      } finally {
        // Unless it has ended already, it threw.
        conclude('fault');
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
