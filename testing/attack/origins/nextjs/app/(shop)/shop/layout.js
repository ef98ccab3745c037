export default function Shop({ children, modal }) {
  return (
    <>
      {children}
      {modal}
    </>
  );
}
