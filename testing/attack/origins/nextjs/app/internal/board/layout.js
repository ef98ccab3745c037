export default function Board({ children, orders }) {
  return (
    <>
      {children}
      {orders}
    </>
  );
}
