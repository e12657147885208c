import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawMember, RawSocket, typeOf } from '../support/signaling-clients';
import { startServer } from '../support/signaling-servers';

const MEMBERS = 200;
const ROUNDS = 50;

let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ heartbeatMs: 20_000, timeoutMs: 60_000 });
});
afterAll(() => server.close());

it(`seats exactly two of ${MEMBERS} members that join one room at the same moment, ${ROUNDS} times`, async () => {
  const members = await Promise.all(Array.from({ length: MEMBERS }, () => new RawMember(server.url).greet()));
  // A seat elsewhere keeps a refused member's socket open for the next round.
  const seqs = members.map((member, index) => {
    member.send({ type: 'join', seq: 1, room: `own-${index}` });
    return 1;
  });
  await Promise.all(members.map((member) => member.message('joined')));

  for (let round = 0; round < ROUNDS; round += 1) {
    const room = `round-${round}`;
    const say = (type: string, index: number): void => {
      const seq = (seqs[index] ?? 0) + 1;
      seqs[index] = seq;
      members[index]?.send({ type, seq, room });
    };
    members.forEach((_, index) => {
      say('join', index);
    });
    const answers = await Promise.all(
      members.map(({ frames }) =>
        frames.next((frame) => typeOf(frame) === 'joined' || typeOf(frame) === 'error'),
      ),
    );
    const seated = answers.flatMap((answer, index) => (typeOf(answer) === 'joined' ? [index] : []));
    expect(seated).toHaveLength(2);
    const refusals = answers.filter((answer) => typeOf(answer) === 'error');
    expect(refusals).toHaveLength(MEMBERS - 2);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'room-full', room });

    for (const index of seated) say('leave', index);
    members.forEach((member, index) => {
      const last = member.frames.seen.findLast(
        (frame) => typeof frame === 'object' && frame !== null && 'seq' in frame,
      );
      if (round % 10 === 9) member.send({ type: 'ack', seq: (last as { seq: number }).seq });
      if (member.socket.readyState !== member.socket.OPEN) throw new Error(`member ${index} was dropped`);
    });
  }
  for (const { socket } of members) socket.terminate();
}, 120_000);

it(`seats exactly two of ${MEMBERS} plain members that connect to one room at the same moment`, async () => {
  for (let round = 0; round < 5; round += 1) {
    const sockets = Array.from(
      { length: MEMBERS },
      () => new RawSocket(`${server.url}/plain/round-${round}`),
    );
    const refused: RawSocket[] = [];
    const codes = new Set<number>();
    // All but two end, and whoever does was told why.
    await new Promise<void>((resolve) => {
      for (const socket of sockets) {
        void socket.closed.then(({ code }) => {
          codes.add(code);
          refused.push(socket);
          if (refused.length === MEMBERS - 2) resolve();
        });
      }
    });
    const [first, second] = sockets.filter((socket) => !refused.includes(socket));
    await Promise.all([first?.opened, second?.opened]);
    first?.send({ type: 'greeting' });
    await second?.next('greeting');
    expect(codes).toEqual(new Set([4409]));
    first?.socket.terminate();
    second?.socket.terminate();
  }
});
