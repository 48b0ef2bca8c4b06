/** A modal dialog: the browser keeps the focus in it, closes it on Escape, and gives the focus back. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  title: string;
  open: boolean;
  onClose: () => void;
  class?: string;
  children: ComponentChildren;
}

export function Dialog({ title, open, onClose, class: kind = "", children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    if (open && !element.open) element.showModal();
    else if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class={kind}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => {
        // A click beside it lands on the dialog itself, as its backdrop.
        if (event.target === event.currentTarget) dialog.current!.close();
      }}
    >
      {open && (
        <div class="dialog-body">
          <header>
            <h2>{title}</h2>
            <button type="button" class="quiet" onClick={() => dialog.current!.close()}>
              Close
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
