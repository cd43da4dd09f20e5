/** Calls at once, and after a burst once more at its end; never twice within `gap` milliseconds. */
export function throttled(action: () => void, gap: number): { readonly call: () => void; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  const fire = () => {
    again = false;
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) fire();
    }, gap);
    timer.unref();
  };
  return { call: () => (timer ? void (again = true) : fire()), cancel: () => clearTimeout(timer) };
}
