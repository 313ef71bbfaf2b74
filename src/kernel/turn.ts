/** Lets everything else that waits have its turn of the event loop: between the steps of work that takes long in sum. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
